/** A letter of plain words to one person. */
export type Letter = { readonly to: string; readonly subject: string; readonly text: string };

/**
 * Hands a letter over; `id` is that of the code it carries. `refused`: the server takes none for this address, now or later.
 * @throws Error when it could not be handed over and may be later; its message may hold the address
 */
export type SendMail = (letter: Letter & { readonly id: string }) => Promise<"handed-over" | "refused">;
