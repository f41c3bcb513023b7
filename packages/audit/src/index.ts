export { cutOldEntries } from "./cut.ts";
export {
  AUDIT_BEGINNING,
  AUDIT_OUTCOMES,
  type AuditDetails,
  type AuditEntry,
  type AuditHead,
  type AuditKeys,
  type AuditOutcome,
  type AuditRow,
  chainEntry,
  keysOf,
} from "./entry.ts";
export { type AuditNote, noteAct, useAudit } from "./http/audit-requests.ts";
export { addAuditRoutes } from "./http/audit-routes.ts";
export { noteShown } from "./http/note-shown.ts";
export { createPostgresTrail, noteInAudit } from "./postgres-trail.ts";
export type { AuditCut, AuditQuery, AuditTrail } from "./trail.ts";
export { type AuditFault, type AuditVerdict, verifyTrail } from "./verify.ts";
