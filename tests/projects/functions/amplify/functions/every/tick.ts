export const handler = async (): Promise<string> => "tick";
