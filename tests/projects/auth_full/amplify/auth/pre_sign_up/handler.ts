import { env } from "$amplify/env/pre-sign-up";

type Event = { request: { userAttributes: Record<string, string> } };

export const handler = async (event: Event): Promise<Event> => {
  if (!event.request.userAttributes.email.endsWith(env.ALLOW_DOMAIN)) throw new Error("no");
  return event;
};
