import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { endWithParent } from './end-with-parent.ts';

/** A process of ours that does one thing after another when it is asked to. */
export interface HelperProcess<Question, Answer> {
  readonly pid: number;
  /** One question at a time. @throws Error with what went wrong there, or when it has ended. */
  ask(question: Question): Promise<Answer>;
  /** Ends it. Settles when it is gone. */
  end(): Promise<void>;
}

type Reply<Answer> = { readonly answer: Answer } | { readonly failure: string };

/** Starts a program that calls {@link answerQuestions}. Questions and answers are structured clones. */
export function startHelper<Question, Answer>(
  file: string,
  parameters: readonly string[] = [],
): HelperProcess<Question, Answer> {
  const child = fork(file, parameters, { serialization: 'advanced' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid as number,
    ask: (question) => ask(child, question as object, exited, file),
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}

async function ask<Answer>(child: ChildProcess, question: object, exited: Promise<void>, file: string) {
  const reply = once(child, 'message');
  child.send(question);
  const came = await Promise.race([reply, exited]);
  if (came === undefined) throw new Error(`${file} has ended by itself`);
  const [message] = came as [Reply<Answer>];
  if ('failure' in message) throw new Error(message.failure);
  return message.answer;
}

/** In such a process: answers what it is asked, and ends with who asks. */
export function answerQuestions<Question, Answer>(answerTo: (question: Question) => Promise<Answer>): void {
  endWithParent();
  process.on('message', async (question) => {
    const reply: Reply<Answer> = await answerTo(question as Question).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
    process.send?.(reply);
  });
}
