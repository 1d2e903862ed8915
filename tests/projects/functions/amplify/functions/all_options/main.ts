import { env } from "$amplify/env/all-options";

export const handler = async (): Promise<string> =>
  `${env.PLAIN} ${env.API_KEY.length} ${env.OTHER_KEY.length}`;
