const BROWSERS = [
  ["Edge", /\bEdgA?\//],
  ["Opera", /\bOPR\//],
  ["Samsung", /\bSamsungBrowser\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|CriOS)\//],
  ["Safari", /\bSafari\//],
] as const;

const SYSTEMS = [
  ["Android", /\bAndroid\b/],
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
] as const;

/**
 * A `User-Agent` in two words, for recognising one's own sessions: "Firefox, Android". What is none of the known ones
 * keeps the name of its first product; the rest of the header is never stored.
 */
export function shortAgent(header: string | undefined): string | null {
  if (header === undefined) return null;
  const text = header.slice(0, 500);
  const known = [BROWSERS, SYSTEMS].flatMap((list) => list.find(([, pattern]) => pattern.test(text))?.[0] ?? []);
  if (known.length > 0) return known.join(", ");
  return /^[\w.-]{1,30}/.exec(text)?.[0] ?? null;
}
