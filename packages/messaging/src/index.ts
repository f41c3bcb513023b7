export type { ClaimedEvent, Delivery, OutboxStore, OutgoingEvent, ParkedEvent } from "./outbox.ts";
export { noteReceived, purgeInbox } from "./postgres-inbox.ts";
export { createPostgresOutbox, type EventToSay, purgeOutbox, sayEvent, withdrawEvent } from "./postgres-outbox.ts";
export { type ReceiveResult, receiveBatch } from "./receive.ts";
export { createRelay, createRelayRound, type Relay, type RelayOptions } from "./relay.ts";
export { createHttpTransport, type DeliveryAnswer, type Transport, toCloudEvent } from "./transport.ts";
