import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import helmet from "helmet";

/**
 * Helmet's headers on every answer, with a content policy that lets nothing load (a page that needs more says so
 * itself). They are the same for all answers, so helmet is asked once, at the start, and not at each request.
 */
export const SECURITY_HEADERS = helmetHeaders();

function helmetHeaders(): Readonly<Record<string, string>> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const middleware = helmet({
    contentSecurityPolicy: {
      directives: { "default-src": ["'none'"], "frame-ancestors": ["'none'"] },
      useDefaults: false,
    },
    referrerPolicy: { policy: "no-referrer" },
    // What only speaks to browsers that are gone, or says again what the policy above says: a tenth of a small answer's cost.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  middleware(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  const headers = Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)] as const);
  if (headers.length === 0) throw new Error("helmet gave no headers");
  return Object.fromEntries(headers);
}
