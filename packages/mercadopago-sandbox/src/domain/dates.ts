/** How Orders writes an instant: UTC with milliseconds. */
export const utcDate = (ms: number): string => new Date(ms).toISOString();

const brasiliaWestOffsetMs = 4 * 3_600_000;

/** How the older families write an instant: milliseconds and the offset `-04:00`, as real answers show. */
export const offsetDate = (ms: number): string =>
  new Date(ms - brasiliaWestOffsetMs).toISOString().replace("Z", "-04:00");

const durationPattern = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Reads an ISO 8601 duration of days, hours, minutes and seconds as ms; undefined when it is not one. */
export const durationMs = (text: string): number | undefined => {
  const match = durationPattern.exec(text);
  if (match === null || text === "P") return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
};

const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Reads an ISO 8601 instant with an offset as epoch ms; undefined when it is not one. */
export const instantMs = (text: string): number | undefined => {
  if (!instantPattern.test(text)) return undefined;
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return Number.isNaN(ms) ? undefined : ms;
};
