export { callerOf } from "./authentication.ts";
export {
  type Access,
  type Caller,
  DEVICE_KINDS,
  type DeviceKind,
  ENROLMENT_ACR,
  EVERYBODY,
  type Grant,
  isGranted,
  LEVELS,
  type Level,
  ROLES,
  type Role,
  STAFF,
} from "./caller.ts";
export { ConfigError, loadConfig } from "./config.ts";
export { sendProblem } from "./errors.ts";
export { type EventStream, openEventStream, type StreamEvent } from "./event-stream.ts";
export { type Figure, useFigures, type Watch } from "./figures.ts";
export type { ReadinessCheck } from "./health.ts";
export { houseProblem, houseProblems } from "./house-problems.ts";
export { createLogger, LOG_LEVELS, type Log, type LogLevel } from "./logger.ts";
export { createOutbound, NotConnectedError, type Outbound, OutboundRefusedError } from "./outbound/outbound.ts";
export { type AddressFault, faultOfPublicUrl, isPublicAddress, type Resolve } from "./outbound/public-address.ts";
export {
  HttpProblem,
  type InputFault,
  languageOf,
  type ProblemCatalogue,
  type ProblemKind,
  type ProblemOptions,
  problemsOf,
  type WordedFault,
  type Words,
} from "./problem.ts";
export { type ReadyAnswer, readyAnswer, readyRoute } from "./ready-answer.ts";
export { createRevocationList, type RevocationList } from "./revocation-list.ts";
export { makeRevocations, RevocationDocument, type Revocations } from "./revocations.ts";
export { type Runnable, runService, startOrExplain } from "./run-service.ts";
export {
  IdParams,
  IdSchema,
  InstantSchema,
  Nullable,
  PageOf,
  ProblemSchema,
  pageQuery,
  problemResponses,
} from "./schemas.ts";
export {
  type App,
  buildService,
  PROXY_NETWORKS_PATTERN,
  readProxyNetworks,
  type Service,
  type ServiceOptions,
  type TrustedProxies,
} from "./service.ts";
export { createServiceTokens, type ServiceTokens } from "./service-tokens.ts";
export { readJsonBody } from "./strict-bodies.ts";
export { FreeText, Line, PublicLine } from "./text.ts";
export { createTokenChecks, type TokenChecks } from "./token-checks.ts";
export {
  createTokenVerifier,
  remoteKeys,
  type TokenVerifier,
} from "./token-verifier.ts";
export { newTraceparent } from "./tracing.ts";
