export const handler = async (): Promise<string> => "hello";
