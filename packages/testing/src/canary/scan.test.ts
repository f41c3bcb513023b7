import { describe, expect, it } from "vitest";
import { type Allowed, cardNumbersIn, scan } from "./scan.ts";

const CANARIES = [
  { name: "the CPF", value: "52998224725", kind: "cpf" },
  { name: "the e-mail", value: "Rosa.Canaria@exemplo.com.br" },
  { name: "the name", value: "Rosa Canária" },
  { name: "the password", value: 'pá"stel\\de queijo' },
  { name: "the key", value: Buffer.from("0123456789abcdef0123456789abcdef", "hex").toString("base64"), kind: "base64" },
  { name: "the PIN", value: "480213", kind: "short" },
] as const;

const found = (text: string, place = "a log", allowed: readonly Allowed[] = []) =>
  scan([{ place, text }], CANARIES, allowed).findings.map(({ what }) => what);
const inBase64 = (before: string, value: string) => Buffer.from(`${before}${value}!?`).toString("base64");

// A scanner that finds nothing proves nothing until it has been seen to find.
describe("the scanner on planted leaks", () => {
  it.each([
    ["a line with a dotted CPF", '{"msg":"guest 529.982.247-25 came"}', "the CPF"],
    ["a CPF in another form", "529 982 247 25", "the CPF"],
    ["a CPF with a space before the dash", "529.982.247 - 25", "the CPF"],
    ["a CPF with a longer dash, in JSON of ASCII", String.raw`529.982.247\u201325`, "the CPF"],
    ["a CPF in digits of full width", "５２９.９８２.２４７-２５", "the CPF"],
    ["an e-mail in capitals", "ROSA.CANARIA@EXEMPLO.COM.BR", "the e-mail"],
    ["an e-mail in an address", "GET /?e=Rosa.Canaria%40exemplo.com.br", "the e-mail"],
    ["a name in a form", "name=Rosa+Can%C3%A1ria", "the name"],
    ["a name in ASCII JSON", String.raw`{"name":"Rosa Can\u00e1ria"}`, "the name"],
    ["a name read in the wrong charset", Buffer.from("Rosa Canária").toString("latin1"), "the name"],
    ["a password in JSON in JSON", JSON.stringify(JSON.stringify({ p: 'pá"stel\\de queijo' })), "the password"],
    ["an e-mail in base64", inBase64("", "Rosa.Canaria@exemplo.com.br"), "the e-mail"],
    ["an e-mail in base64, one byte later", inBase64("x", "Rosa.Canaria@exemplo.com.br"), "the e-mail"],
    ["an e-mail in base64, two bytes later", inBase64("xy", "Rosa.Canaria@exemplo.com.br"), "the e-mail"],
    ["a row of bytes", `\\x00${Buffer.from("52998224725").toString("hex")}ff`, "the CPF"],
    ["the bytes of a key in hex", "k=0123456789ABCDEF0123456789ABCDEF", "the key"],
    ["the bytes of a key in base64url", "k=ASNFZ4mrze8BI0VniavN7w", "the key"],
    ["a PIN that stands alone", '{"pin":"480213"}', "the PIN"],
    ["a base64url token", "bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln", "a token"],
    ["a card number", "card 5031 4332 1540 6351 refused", "a card number"],
  ])("when it is shown %s, then it names it", (_what, text, name) => {
    expect(found(text)).toContain(name);
  });

  it("when digits are of something else, then nothing is named", () => {
    expect(found("at 2026-11-22T19:30:01.480213Z, 0192f1c8-6a4e-7c11-480213, 1480213, 52998224726")).toEqual([]);
  });

  it("when a place may hold it, then there alone, and a word that nothing needed is told", () => {
    const allowed = [{ place: /^order\.orders\./, what: /the name/, why: "is called at the counter" }];
    expect(found("Rosa Canária", "order.orders.customer_name", allowed)).toEqual([]);
    expect(found("Rosa Canária", "order.outbox.data", allowed)).toEqual(["the name"]);
    expect(scan([], CANARIES, allowed).unneeded).toEqual(allowed);
  });
});

describe("numbers of cards", () => {
  it.each([
    "5031433215406351",
    "4235-6477-2802-5682",
    "cc=3753 651535 56885",
    "x4111111111111111y",
    "4235647728025682",
  ])("when %s is written, then it is one", (text) => expect(cardNumbersIn(text)).toHaveLength(1));

  it.each([
    ["another last digit", "5031433215406352"],
    ["the time in milliseconds", "1795375889120 1795375889138"],
    ["decimals of a fraction", "0.4235647728025682 1.4235647728025682e-7"],
    ["a UUID", "0192f1c8-4235-6477-2802-568211111111"],
    ["a digest", "ab5031433215406351ab5031433215406351ab"],
  ])("when it is %s, then it is none", (_what, text) => expect(cardNumbersIn(text)).toEqual([]));
});
