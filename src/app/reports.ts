/** The reports of one audit: the report on stdout or in `--output`, and one for each `--format FORMAT=FILE`. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Invocation } from '../cli/invocation.ts';
import type { ReportFile } from '../cli/options.ts';
import { openOutput, type Output } from '../files/output.ts';
import { textWriter, type AuditClosing, type AuditHead, type AuditWriter } from '../report/audit-writers.ts';
import type { AuditedApp } from '../report/audited-app.ts';
import { openDelivery } from './delivery.ts';
import { isJson } from './option-values.ts';

type Format = ReportFile['format'];

export interface Reports {
  readonly formats: readonly Format[];
  app(app: AuditedApp): Promise<void>;
  /** Completes all reports and replaces their files. */
  end(closing: AuditClosing): Promise<void>;
  /** Discards the reports and leaves their files as they were. */
  discard(): Promise<void>;
}

/** Opens the reports. `own`: the writer that replaces the main report. @throws UserError where one of them cannot be written */
export async function openReports(invocation: Invocation, head: AuditHead, own?: AuditWriter): Promise<Reports> {
  const { options, io } = invocation;
  const main = isJson(invocation) ? 'json' : (options.format ?? 'text');
  const isFile = options.output !== undefined;
  const opened: Report[] = [];
  try {
    opened.push(new Report(own ?? (await writerOf(main, invocation, head, isFile)), await openDelivery(invocation), isFile));
    for (const { format, file } of options.reports ?? []) {
      const out = await openOutput(file);
      const end = async () => {
        await out.end();
        io.err(`Written to ${file}\n`);
      };
      opened.push(new Report(await writerOf(format, invocation, head, true), { ...out, end }, true));
    }
  } catch (error) {
    for (const report of opened) await report.discard();
    throw error;
  }
  return {
    formats: [main, ...(options.reports ?? []).map(({ format }) => format)],
    async app(app) {
      for (const report of opened) await report.app(app);
    },
    async end(closing) {
      for (const report of opened) await report.end(closing);
    },
    async discard() {
      for (const report of opened) await report.discard();
    },
  };
}

/** Returns the writer of a format. Only a screen has a width. */
async function writerOf(format: Format, { io }: Invocation, head: AuditHead, isFile: boolean): Promise<AuditWriter> {
  if (format !== 'text') return (await import('../report/formats/index.ts')).AUDIT_FORMATS[format](head);
  if (!isFile && io.piped !== true) return textWriter(head, io.width, io.outLook, io.outLook.colour);
  return (await import('../report/formats/text.ts')).wholeTextWriter(head, io.outLook, !isFile && io.outLook.colour);
}

class Report {
  readonly #writer: AuditWriter;
  readonly #out: Output;
  readonly #isFile: boolean;
  /** The part of a report that follows totals which are known only at the end. For many apps it is long and repetitive. */
  readonly #held: Buffer[] = [];
  #apps = 0;

  constructor(writer: AuditWriter, out: Output, isFile: boolean) {
    this.#writer = writer;
    this.#out = out;
    this.#isFile = isFile;
  }

  async app(app: AuditedApp): Promise<void> {
    // No file is written before the first result.
    if (this.#apps === 0) await this.#out.write(this.#writer.begin());
    this.#apps += 1;
    const text = this.#writer.app(app);
    if (this.#writer.top) this.#held.push(deflateRawSync(text, { level: 1 }));
    else await this.#out.write(text);
  }

  async end(closing: AuditClosing): Promise<void> {
    if (this.#apps === 0) await this.#out.write(this.#writer.begin());
    await this.#out.write(this.#writer.top?.(closing) ?? '');
    for (const piece of this.#held) await this.#out.write(inflateRawSync(piece).toString('utf8'));
    for (const text of this.#writer.end(closing)) await this.#out.write(text);
    // If no app was reported, an earlier report in the file is kept.
    if (this.#apps === 0 && this.#isFile) await this.#out.discard();
    else await this.#out.end();
  }

  discard(): Promise<void> {
    return this.#out.discard();
  }
}
