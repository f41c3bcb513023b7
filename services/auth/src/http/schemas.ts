import { Line, Nullable } from "@comanda/service-kit";
import { Type } from "typebox";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "../domain/password.ts";
import { CUSTOMER_LEVELS, STAFF_ROLES } from "../domain/person.ts";

export const CpfSchema = Type.String({
  maxLength: 14,
  pattern: "^(?:[0-9]{11}|[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}-[0-9]{2})$",
  description: "CPF with its check digits, as `52998224725` or `529.982.247-25`",
  examples: ["529.982.247-25"],
});

export const EmailSchema = Type.String({
  minLength: 3,
  maxLength: 254,
  description: "E-mail address; letter case does not matter",
  examples: ["ana@exemplo.com.br"],
});

export const NewPasswordSchema = Type.String({
  minLength: PASSWORD_LENGTH_MIN,
  maxLength: PASSWORD_LENGTH_MAX,
  description: "8 to 128 characters, taken exactly as typed; common passwords are refused",
  examples: ["um pastel de queijo às seis"],
});

export const PersonNameSchema = Line({ max: 120, description: "Name, as its bearer writes it" });

const MaskedCpfSchema = Type.String({ description: "CPF with only its middle digits", examples: ["***.982.247-**"] });

/** A person as the API shows them. */
export const PersonSchema = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    role: Type.Enum(["customer", ...STAFF_ROLES]),
    level: Type.Optional(Type.Enum(CUSTOMER_LEVELS, { description: "Customers only" })),
    name: Nullable(Type.String()),
    email: Nullable(Type.String()),
    cpf: Nullable(MaskedCpfSchema),
    created_at: Type.String({ format: "date-time" }),
  },
  {
    examples: [
      {
        id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10",
        role: "customer",
        level: "registered",
        name: "Ana Souza",
        email: "ana@exemplo.com.br",
        cpf: "***.982.247-**",
        created_at: "2026-11-22T14:28:00.000Z",
      },
    ],
  },
);

/** The members of an answer that carry an access token (RFC 6749 §5.1). */
export const accessTokenMembers = {
  access_token: Type.String({ description: "JWT, to be sent as `Authorization: Bearer …`" }),
  token_type: Type.Literal("bearer"),
  expires_in: Type.Integer({ description: "Seconds" }),
};
