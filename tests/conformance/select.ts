/**
 * Which targets and which cases a run is about.
 *
 * @module
 */
import type { CaseGroup } from "./autobahn.ts";
import { isWithin } from "./explain.ts";
import type { Target } from "./targets.ts";

type Named = Pick<Target, "name" | "standsOn">;

/**
 * Targets whose names contain one of the texts, and the controls that these stand on unless
 * they are tried already; all for no text.
 */
export function selectTargets<T extends Named>(
  targets: readonly T[],
  texts: readonly string[],
  tried: readonly string[] = [],
): readonly T[] {
  if (texts.length === 0) return targets;
  const chosen = targets.filter(({ name }) => texts.some((text) => name.includes(text)));
  const controls = new Set(chosen.map(({ standsOn }) => standsOn));
  const isMissing = ({ name }: Named) => controls.has(name) && !tried.includes(name);
  return targets.filter((target) => chosen.includes(target) || isMissing(target));
}

/** Whether a case is wanted: by its id, or the beginning of it in whole numbers; all for none. */
export function isWanted(id: string, beginnings: readonly string[]): boolean {
  return beginnings.length === 0 || beginnings.some((beginning) => isWithin(id, beginning));
}

/** Sections whose cases have two numbers, not three. */
const SHALLOW = ["2", "3", "5"];

/** Only the wanted ones of Autobahn's cases. */
export function selectGroups(
  groups: readonly CaseGroup[],
  beginnings: readonly string[],
): readonly CaseGroup[] {
  if (beginnings.length === 0) return groups;
  return groups.map((group) => ({
    ...group,
    globs: group.globs.flatMap((glob) =>
      beginnings.flatMap((beginning) => narrow(glob.replace(/\.\*$/, ""), beginning))
    ),
  })).filter(({ globs }) => globs.length > 0);
}

/** The common beginning of two names, as a glob of kosoku. */
function narrow(covered: string, wanted: string): readonly string[] {
  const whole = wanted.replace(/\.$/, "");
  if (isWithin(covered, whole)) return [toGlob(covered)];
  return isWithin(whole, covered) ? [toGlob(whole)] : [];
}

function toGlob(beginning: string): string {
  const parts = beginning.split(".");
  return parts.length === (SHALLOW.includes(parts[0]!) ? 2 : 3) ? beginning : `${beginning}.*`;
}
