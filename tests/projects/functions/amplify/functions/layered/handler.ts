// the layer brings it
import { Logger } from "@aws-lambda-powertools/logger";

const logger = new Logger({ serviceName: "layered" });
export const handler = async (): Promise<void> => logger.info("hello");
