/**
 * The platform's classes of events, if it has them.
 *
 * @module
 */

/** A class of events of the platform. */
type PlatformClass = new (type: string, options?: object) => Event & never;

// Of the platform, and not of `globalThis`, which the npm build by dnt would replace.
declare const CloseEvent: PlatformClass | undefined, ErrorEvent: PlatformClass | undefined;

/** The classes; Node 22 has no `CloseEvent`, and no Node has `ErrorEvent`. */
export const platformClasses: {
  readonly CloseEvent: PlatformClass | undefined;
  readonly ErrorEvent: PlatformClass | undefined;
} = {
  CloseEvent: typeof CloseEvent === "undefined" ? undefined : CloseEvent,
  ErrorEvent: typeof ErrorEvent === "undefined" ? undefined : ErrorEvent,
};
