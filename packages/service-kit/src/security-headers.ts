import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import helmet from "helmet";

/**
 * What every answer carries unless its route says otherwise. Helmet's headers, with a content policy that lets nothing
 * load (a page that needs more says so itself): they are the same for all answers, so helmet is asked once, at the start,
 * and not at each request. And nothing is kept by any cache: almost every answer is about somebody or about money, and a
 * route that forgot to say so would leave it behind on a shared screen (ASVS 14.2.2). What is everybody's says so itself.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = { ...helmetHeaders(), "cache-control": "no-store" };

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
