import type { DescService } from '@bufbuild/protobuf';
import { file_pipeline_pipeline } from '../gen/pipeline/pipeline_pb.js';

/** A service of the pipeline's `.proto`. @param typeName - `pipeline.ReportService`. @throws Error when it has none such. */
export function serviceNamed(typeName: string): DescService {
  const found = file_pipeline_pipeline.services.find((service) => service.typeName === typeName);
  if (!found) throw new Error(`pipeline.proto has no service ${typeName}`);
  return found;
}
