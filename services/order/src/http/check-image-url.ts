import { type AddressFault, faultOfPublicUrl, houseProblem, type Words } from "@comanda/service-kit";

const WORDS: Readonly<Record<AddressFault, Words>> = {
  "not-https": { pt: "deve começar por https://", en: "must begin with https://" },
  "has-credentials": { pt: "não pode conter usuário ou senha", en: "must not hold a user or password" },
  "not-public": { pt: "deve ser um endereço público da internet", en: "must be a public address of the Internet" },
};

/**
 * Looks at the address of a photo that somebody gives: guests' browsers will ask it, so it may lead nowhere inside
 * (reliability OR-23). We never ask it ourselves; photos of our own have paths.
 * @throws HttpProblem `validation-failed`
 */
export async function checkImageUrl(imageUrl: string | null | undefined): Promise<void> {
  if (imageUrl === null || imageUrl === undefined || imageUrl.startsWith("/")) return;
  const fault = await faultOfPublicUrl(imageUrl);
  if (fault === null) return;
  throw houseProblem("validation-failed", { faults: [{ path: "/image_url", words: WORDS[fault] }] });
}
