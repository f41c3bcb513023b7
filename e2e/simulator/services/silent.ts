/** Logs are for people; a simulation is read by its trace. */
export const silent = { info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // Said to nobody.
}
