import { env } from "$amplify/env/post-confirmation";

export const handler = async (event: object): Promise<object> => {
  console.log(env.GROUP_NAME, env.PEOPLE_USERPOOL_ID);
  return event;
};
