import { parseArgs } from "node:util";

/** What cannot be done as it was asked; told in Portuguese. */
export class WishFailure extends Error {
  override readonly name = "WishFailure";
}

/** Where the shop is, as Mercado Pago wants it to open a store. */
type Address = {
  readonly street: string;
  readonly number: string;
  readonly city: string;
  readonly state: string;
  readonly latitude: number;
  readonly longitude: number;
};

/** What the person at the keyboard wants. */
export type Wishes = {
  readonly command: "setup" | "doctor";
  readonly isSure: boolean;
  /** `doctor` makes nothing at the provider, not even a charge that it closes at once. */
  readonly isReadOnly: boolean;
  readonly kiosks: number;
  readonly storeName: string;
  readonly address: Address | null;
  /** Terminals that are to take charges of ours, beside the first one of each point of sale. */
  readonly terminals: readonly string[];
};

export const USAGE = `Uso:
  npm run mercadopago -- setup  [--kiosks 2] [--yes] [--terminal ID]
                                [--store "Lanchonete" --street "Rua A" --number 10 --city "São Paulo" --state "São Paulo"
                                 --latitude -23.55 --longitude -46.63]
  npm run mercadopago -- doctor [--read-only]`;

const KIOSKS_MAX = 99;

/** @throws WishFailure for what cannot be understood */
export function readWishes(args: readonly string[]): Wishes {
  const { values, positionals } = parse(args);
  const [command, ...more] = positionals;
  if ((command !== "setup" && command !== "doctor") || more.length > 0) {
    throw new WishFailure("Diga o que fazer: setup ou doctor.");
  }
  const kiosks = Number(values.kiosks);
  if (!Number.isInteger(kiosks) || kiosks < 1 || kiosks > KIOSKS_MAX) {
    throw new WishFailure(`--kiosks é um número de 1 a ${KIOSKS_MAX}.`);
  }
  return {
    command,
    kiosks,
    isSure: values.yes,
    isReadOnly: values["read-only"],
    storeName: values.store,
    address: addressOf(values),
    terminals: values.terminal,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: withDegreesJoined(args),
      allowPositionals: true,
      options: {
        yes: { type: "boolean", default: false },
        "read-only": { type: "boolean", default: false },
        kiosks: { type: "string", default: "1" },
        store: { type: "string", default: "Lanchonete" },
        street: { type: "string" },
        number: { type: "string" },
        city: { type: "string" },
        state: { type: "string" },
        latitude: { type: "string" },
        longitude: { type: "string" },
        terminal: { type: "string", multiple: true, default: [] },
      },
    });
  } catch (error) {
    throw new WishFailure(`Não entendi: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** All of Brazil lies at degrees below nothing, which look like options: `--latitude -23.5` is what people write. */
function withDegreesJoined(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    if (/^-\d/.test(arg) && /^--(latitude|longitude)$/.test(args[index - 1] ?? "")) return [];
    const next = args[index + 1] ?? "";
    return /^--(latitude|longitude)$/.test(arg) && /^-\d/.test(next) ? [`${arg}=${next}`] : [arg];
  });
}

type Given = Readonly<Record<"street" | "number" | "city" | "state" | "latitude" | "longitude", string | undefined>>;

/** All of it or nothing: half an address opens a store in the wrong place. */
function addressOf(given: Pick<ReturnType<typeof parse>["values"], keyof Given>): Address | null {
  const { street, number, city, state, latitude, longitude } = given;
  const parts = [street, number, city, state, latitude, longitude];
  if (parts.every((part) => part === undefined)) return null;
  const [north, east] = [Number(latitude), Number(longitude)];
  if (!street || !number || !city || !state || !isWithin(north, 90) || !isWithin(east, 180)) {
    throw new WishFailure("O endereço da loja precisa de --street --number --city --state --latitude --longitude.");
  }
  return { street, number, city, state, latitude: north, longitude: east };
}

function isWithin(degrees: number, limit: number): boolean {
  return Number.isFinite(degrees) && Math.abs(degrees) <= limit;
}
