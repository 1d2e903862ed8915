export const handler = async (): Promise<string> => "durable";
