/** `/_appliance/fill`, as contract/title-fill.ts says. */
import type { onRequestHookHandler } from "fastify";
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { FILL_PATH, FillJobList, FillJobReport, FillRequest } from "../contract/title-fill.ts";
import { BadFill, TooManyFills, UnknownFill } from "../errors.ts";
import type { FillJobs } from "../title-fill/fill-jobs.ts";

const JobParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

export function registerFillRoutes(
  app: ServiceApp,
  { jobs, onRequest }: { readonly jobs: FillJobs; readonly onRequest: onRequestHookHandler },
): void {
  const jobAnswer = { params: JobParams, response: { 200: FillJobReport } };

  app.post(
    FILL_PATH,
    { onRequest, schema: { body: FillRequest, response: { 202: FillJobReport } } },
    (request, reply) => {
      const started = jobs.start(request.body);
      if (!started.ok) {
        throw started.refusal === "too-many"
          ? new TooManyFills(started.reason)
          : new BadFill(started.reason);
      }
      const { job } = started;
      app.log.info({ id: job.id, ...request.body }, "title fill begun");
      reply.code(202).header("location", `${FILL_PATH}/${job.id}`);
      return job;
    },
  );
  app.get(FILL_PATH, { onRequest, schema: { response: { 200: FillJobList } } }, () => ({
    jobs: [...jobs.list()],
  }));
  app.get(`${FILL_PATH}/:id`, { onRequest, schema: jobAnswer }, ({ params }) =>
    known(params.id, jobs.find(params.id)),
  );
  app.delete(`${FILL_PATH}/:id`, { onRequest, schema: jobAnswer }, ({ params }) =>
    known(params.id, jobs.cancel(params.id)),
  );
}

function known(id: string, job: FillJobReport | undefined): FillJobReport {
  if (job === undefined) throw new UnknownFill(id);
  return job;
}
