/**
 * Who pays, as far as the caller says it. Handed on to the provider's payment page and kept nowhere: not in the charge,
 * its flow, an event or a log.
 */
export type Payer = {
  readonly email: string | null;
  readonly name: string | null;
  readonly surname: string | null;
  readonly cpf: string | null;
};
