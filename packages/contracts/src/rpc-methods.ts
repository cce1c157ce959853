/** A method of the pipeline, as those know it that pass its calls on and read no `.proto`. */
export interface RpcMethod {
  /** `/pipeline.TextInputService/ReceiveText`. */
  readonly path: string;
  /** Whether its request is a stream of messages, of any length together. */
  readonly isClientStreaming: boolean;
}

const unary = (path: string): RpcMethod => ({ path, isClientStreaming: false });

/** The methods of each stage. A test holds the table equal to `pipeline.proto`. */
export const rpcMethods: Readonly<Record<1 | 2 | 3 | 4, readonly RpcMethod[]>> = {
  1: [
    unary('/pipeline.TextInputService/ReceiveText'),
    { path: '/pipeline.TextInputService/ReceiveTextStream', isClientStreaming: true },
  ],
  2: [unary('/pipeline.PreprocessService/CleanText')],
  3: [unary('/pipeline.AnalysisService/AnalyzeText')],
  4: [unary('/pipeline.ReportService/GenerateReport')],
};

/** The methods that every process has, balancers too: how it is, and what it offers. */
export const standardMethods: readonly string[] = [
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

/** Largest message, each way: what the contract promises. A text beyond it goes by the streaming method. */
export const MAX_MESSAGE_BYTES = 100 * 1024 * 1024;
