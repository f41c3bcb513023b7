/** What can be wrong with a new password. */
export type PasswordFault = "password-length" | "password-control-character" | "password-common" | "password-personal";

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 128;

/** What a new password is judged by beside itself. */
export type PasswordSurroundings = {
  /** Whether it stands in lists of leaked ones; asked in lower case. */
  readonly isLeaked: (password: string) => boolean;
  /** What anybody would try first: the name of the shop, one's own name and e-mail. */
  readonly words: readonly string[];
};

/**
 * Judges a new password (reliability AU-15): 8 to 128 code points of any script, taken as they are: nothing trimmed,
 * nothing normalised. Refused are control characters, leaked and common passwords, and those with a name in them.
 */
export function faultOfPassword(password: string, { isLeaked, words }: PasswordSurroundings): PasswordFault | null {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN || length > PASSWORD_LENGTH_MAX) return "password-length";
  // A lone surrogate is no character: as bytes it becomes U+FFFD, so that different passwords would be one.
  if (/\p{Cc}/u.test(password) || !password.isWellFormed()) return "password-control-character";
  const lower = password.toLowerCase();
  if (isCommon(lower) || isLeaked(lower)) return "password-common";
  return words.some((word) => holdsWord(password, word)) ? "password-personal" : null;
}

/** What somebody's password must not contain: the shop's name, theirs word by word, their e-mail. */
export function personalWords(of: {
  readonly shopName: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}): readonly string[] {
  const [local = ""] = (of.email ?? "").split("@", 1);
  return [of.shopName, local, ...(of.name ?? "").split(/\s+/u)];
}

// Shorter ones stand in half of all words.
const WORD_LENGTH_MIN = 4;

/** Letter case, accents and what stands between letters make no difference: "B.a.r do Zé" is "bardoze". */
function holdsWord(password: string, word: string): boolean {
  const plain = plainLetters(word);
  return plain.length >= WORD_LENGTH_MIN && plainLetters(password).includes(plain);
}

function plainLetters(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function isCommon(password: string): boolean {
  return password.includes("comanda") || COMMON.has(password) || /^(.)\1*$/u.test(password);
}

// The head of the lists of leaked passwords, world-wide and Brazilian, from 8 characters on.
const COMMON: ReadonlySet<string> = new Set([
  "12345678",
  "123456789",
  "1234567890",
  "0123456789",
  "87654321",
  "987654321",
  "9876543210",
  "0987654321",
  "12341234",
  "11223344",
  "1122334455",
  "123123123",
  "123321123",
  "147258369",
  "102030405060",
  "1q2w3e4r",
  "1q2w3e4r5t",
  "1qaz2wsx",
  "q1w2e3r4",
  "qwerty123",
  "qwertyui",
  "qwertyuiop",
  "asdfghjk",
  "asdfghjkl",
  "zxcvbnm1",
  "abc12345",
  "abcd1234",
  "abcdefgh",
  "a1b2c3d4",
  "password",
  "password1",
  "password123",
  "passw0rd",
  "p@ssw0rd",
  "iloveyou",
  "sunshine",
  "princess",
  "football",
  "baseball",
  "superman",
  "trustno1",
  "whatever",
  "welcome1",
  "letmein1",
  "changeme",
  "admin123",
  "admin1234",
  "administrador",
  "administrator",
  "senha123",
  "senha1234",
  "senha12345",
  "minhasenha",
  "mudar123",
  "mudar1234",
  "trocar123",
  "brasil123",
  "brasil2014",
  "flamengo",
  "palmeiras",
  "corinthians",
  "saopaulo",
  "vascodagama",
  "internacional",
  "fluminense",
  "botafogo",
  "cruzeiro",
  "familia123",
  "deusefiel",
  "deuséfiel",
  "jesuscristo",
  "jesus123",
  "amoreterno",
  "teamomuito",
  "euteamo123",
  "estrela123",
  "lanchonete",
  "restaurante",
]);
