/**
 * The folder of a report: what each target gave is kept, so that a run of a few targets
 * changes theirs only, and a full matrix can be made in several runs.
 *
 * @module
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CaseResult, folderOf } from "./result.ts";

const FILE = "results.json";

/** The results of one target. */
export interface TargetReport {
  /** When it was done, in ISO 8601. */
  readonly at: string;
  readonly seconds: number;
  readonly results: readonly CaseResult[];
}

/** A folder of reports. */
export class Report {
  /** Where it is. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** An empty folder for the pages of a target; what an earlier run gave is gone. */
  async startTarget(name: string): Promise<string> {
    const folder = join(this.folder, folderOf(name));
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Keeps what a target gave. */
  async write(name: string, report: TargetReport): Promise<void> {
    await writeFile(join(this.folder, folderOf(name), FILE), JSON.stringify(report));
  }

  /** The results of a target, in this run or an earlier one. */
  async read(name: string): Promise<TargetReport | null> {
    try {
      return JSON.parse(await readFile(join(this.folder, folderOf(name), FILE), "utf8"));
    } catch {
      return null; // it was never tried to the end
    }
  }
}
