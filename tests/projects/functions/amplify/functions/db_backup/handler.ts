export const handler = async (): Promise<string> => "backed up";
