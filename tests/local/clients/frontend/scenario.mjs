// What a frontend does with users and files, step by step; each step's outcome is told to the tests.
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import * as storage from "aws-amplify/storage";

const PASSWORD = "Passw0rd!";
const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Runs all steps; `outputs` is the file of Amplify's, `helper` the address of the dev server. */
export async function scenario(outputs, helper, name) {
  Amplify.configure(outputs);
  const ask = async (path) => (await fetch(`${helper}/${path}`)).text();
  const code = (recipient) => ask(`code?to=${encodeURIComponent(recipient)}`);
  const email = `${name}@example.com`;
  const told = {};
  const steps = { ...signingUp(email, code), ...files(name), ...secondFactor(email, ask) };
  Object.assign(steps, codesAlone(name, code), choices(name), triggers(name), guests(name));
  for (const [step, run] of Object.entries(steps)) {
    try {
      told[step] = (await run(told, ask)) ?? "done";
    } catch (error) {
      told[step] = { error: error.name, message: String(error.message) };
    }
  }
  return told;
}

const refusal = async (call) => {
  try {
    await call();
  } catch (error) {
    return error.name;
  }
  return "nothing";
};

const signingUp = (email, code) => ({
  signUp: async () => {
    const options = { userAttributes: { email } };
    const { nextStep } = await auth.signUp({ username: email, password: PASSWORD, options });
    return [nextStep.signUpStep, nextStep.codeDeliveryDetails];
  },
  wrongCode: async () => {
    const wrong = String((Number(await code(email)) + 1) % 1e6).padStart(6, "0");
    return refusal(() => auth.confirmSignUp({ username: email, confirmationCode: wrong }));
  },
  confirmSignUp: async () => {
    const confirmationCode = await code(email);
    const { nextStep } = await auth.confirmSignUp({ username: email, confirmationCode });
    return nextStep.signUpStep;
  },
  wrongPassword: () => refusal(() => auth.signIn({ username: email, password: "Wr0ngOne!" })),
  signIn: async () => (await auth.signIn({ username: email, password: PASSWORD })).isSignedIn,
  attributes: () => auth.fetchUserAttributes(),
  session: async () => {
    const { tokens, identityId, credentials } = await auth.fetchAuthSession();
    const { team, "cognito:groups": groups = [] } = tokens.idToken.payload;
    return { groups, team, identityId, isSigned: !!credentials };
  },
  devices: () => auth.fetchDevices(),
});

const files = (name) => ({
  upload: async (told) => {
    const path = `private/${told.session.identityId}/${name}.txt`;
    return (await storage.uploadData({ path, data: "hello" }).result).path;
  },
  ownPath: async () => {
    const path = ({ identityId }) => `private/${identityId}/second ü.txt`;
    await storage.uploadData({ path, data: "second" }).result;
    return (await (await storage.downloadData({ path }).result).body.text());
  },
  list: async (told) => {
    const { items } = await storage.list({ path: `private/${told.session.identityId}/` });
    return items.map((item) => item.path.split("/").pop());
  },
  download: async (told) => (await storage.downloadData({ path: told.upload }).result).body.text(),
  presigned: async (told) => {
    const { url } = await storage.getUrl({ path: told.upload });
    return [url.hostname, await (await fetch(url)).text()];
  },
  forged: async (told) => {
    const { url } = await storage.getUrl({ path: told.upload });
    url.searchParams.set("X-Amz-Expires", "1000000");
    return (await fetch(url)).status;
  },
  properties: async (told) => (await storage.getProperties({ path: told.upload })).size,
  ofOthers: () =>
    refusal(() => storage.uploadData({ path: "private/us-east-1:other/a.txt", data: "x" }).result),
  listOfOthers: () => refusal(() => storage.list({ path: "private/" })),
  ofAdmins: () => refusal(() => storage.uploadData({ path: "admin/a.txt", data: "x" }).result),
  picture: async (told) => {
    if (typeof Image === "undefined") return "no browser";
    const bytes = Uint8Array.from(atob(DOT), (letter) => letter.charCodeAt(0));
    const path = `private/${told.session.identityId}/dot.png`;
    const data = new Blob([bytes], { type: "image/png" });
    await storage.uploadData({ path, data, options: { contentType: "image/png" } }).result;
    const { url } = await storage.getUrl({ path });
    const image = new Image();
    return new Promise((resolve) => {
      image.onload = () => resolve(image.naturalWidth);
      image.onerror = () => resolve("not loaded");
      image.src = url.href;
    });
  },
  inParts: async (told) => {
    if (typeof FileReader === "undefined") return "no browser";
    const path = `private/${told.session.identityId}/large.bin`;
    await storage.uploadData({ path, data: new Blob([new Uint8Array(11 << 20)]) }).result;
    return (await storage.getProperties({ path })).size;
  },
  otherBucket: () => refusal(() => toShelf("books/a.txt")),
  remove: async (told) => {
    await storage.remove({ path: told.upload });
    return refusal(() => storage.getProperties({ path: told.upload }));
  },
});

const toShelf = async (path) => {
  const { result } = storage.uploadData({ path, data: "a book", options: { bucket: "shelf" } });
  return (await result).path;
};

const secondFactor = (email, ask) => ({
  group: async () => {
    await ask(`promote?user=${encodeURIComponent(email)}`);
    const { tokens } = await auth.fetchAuthSession({ forceRefresh: true });
    return tokens.accessToken.payload["cognito:groups"];
  },
  asAdmin: async () => (await storage.uploadData({ path: "admin/a.txt", data: "x" }).result).path,
  toOtherBucket: async () => {
    await toShelf("books/a.txt");
    const bucket = "shelf";
    const { items } = await storage.list({ path: "books/", options: { bucket } });
    const { body } = await storage.downloadData({ path: items[0].path, options: { bucket } }).result;
    return [items.map((item) => item.path), await body.text()];
  },
  belowWhatIsAllowed: () => refusal(() => toShelf("books/rare/a.txt")),
  authenticator: async () => {
    const { sharedSecret } = await auth.setUpTOTP();
    await auth.verifyTOTPSetup({ code: await ask(`totp?secret=${sharedSecret}`) });
    await auth.updateMFAPreference({ totp: "PREFERRED" });
    await auth.signOut();
    const { nextStep } = await auth.signIn({ username: email, password: PASSWORD });
    const wrong = await refusal(() => auth.confirmSignIn({ challengeResponse: "000000" }));
    const challengeResponse = await ask(`totp?secret=${sharedSecret}`);
    const { isSignedIn } = await auth.confirmSignIn({ challengeResponse });
    return [nextStep.signInStep, wrong, isSignedIn];
  },
  changedPassword: async () => {
    await auth.updatePassword({ oldPassword: PASSWORD, newPassword: "An0therOne!" });
    await auth.updateMFAPreference({ totp: "DISABLED" });
    await auth.signOut({ global: true });
    const options = { authFlowType: "USER_PASSWORD_AUTH" };
    return (await auth.signIn({ username: email, password: "An0therOne!", options })).isSignedIn;
  },
  deleted: async () => {
    await auth.deleteUser();
    return refusal(() => auth.signIn({ username: email, password: "An0therOne!" }));
  },
});

const codesAlone = (name, code) => ({
  autoSignIn: async () => {
    const email = `${name}-2@example.com`;
    const options = { userAttributes: { email }, autoSignIn: { authFlowType: "USER_AUTH" } };
    await auth.signUp({ username: email, options });
    const confirmationCode = await code(email);
    const { nextStep } = await auth.confirmSignUp({ username: email, confirmationCode });
    return [nextStep.signUpStep, (await auth.autoSignIn()).isSignedIn];
  },
  oneTimeCode: async () => {
    const username = `${name}-2@example.com`;
    await auth.signOut();
    const options = { authFlowType: "USER_AUTH", preferredChallenge: "EMAIL_OTP" };
    const { nextStep } = await auth.signIn({ username, options });
    const challengeResponse = await code(username);
    const { isSignedIn } = await auth.confirmSignIn({ challengeResponse });
    return [nextStep.signInStep, isSignedIn];
  },
  forgotten: async () => {
    const username = `${name}-2@example.com`;
    await auth.signOut();
    const { nextStep } = await auth.resetPassword({ username });
    const confirmationCode = await code(username);
    const newPassword = "Rememb3red!";
    await auth.confirmResetPassword({ username, confirmationCode, newPassword });
    return [nextStep.resetPasswordStep, (await auth.signIn({ username, password: newPassword })).isSignedIn];
  },
});

const choices = (name) => ({
  chosenSecurePassword: async () => {
    await auth.signOut();
    const options = { authFlowType: "USER_AUTH", preferredChallenge: "PASSWORD_SRP" };
    const username = `${name}-2@example.com`;
    return (await auth.signIn({ username, password: "Rememb3red!", options })).isSignedIn;
  },
  chosenLater: async () => {
    await auth.signOut();
    const username = `${name}-2@example.com`;
    const { nextStep } = await auth.signIn({ username, options: { authFlowType: "USER_AUTH" } });
    const chosen = await auth.confirmSignIn({ challengeResponse: "PASSWORD" });
    const { isSignedIn } = await auth.confirmSignIn({ challengeResponse: "Rememb3red!" });
    return [nextStep.signInStep, chosen.nextStep.signInStep, isSignedIn];
  },
});

const triggers = (name) => ({
  stranger: async () => {
    const email = `${name}@stranger.example`;
    try {
      await auth.signUp({ username: email, password: PASSWORD, options: { userAttributes: { email } } });
    } catch (error) {
      return [error.name, error.message];
    }
    return "nothing";
  },
  migrated: async () => {
    await auth.signOut();
    const username = `old-${name}@example.com`;
    const options = { authFlowType: "USER_PASSWORD_AUTH" };
    return (await auth.signIn({ username, password: "0ldPassw0rd!", options })).isSignedIn;
  },
  ownChallenge: async () => {
    await auth.signOut();
    const options = { authFlowType: "CUSTOM_WITHOUT_SRP" };
    const { nextStep } = await auth.signIn({ username: `old-${name}@example.com`, options });
    const { isSignedIn } = await auth.confirmSignIn({ challengeResponse: "42" });
    return [nextStep.signInStep, nextStep.additionalInfo.question, isSignedIn];
  },
});

const guests = (name) => ({
  asGuest: async () => {
    await auth.signOut();
    const { tokens, credentials } = await auth.fetchAuthSession();
    return [tokens === undefined, !!credentials];
  },
  guestReads: async () => {
    const { result } = storage.downloadData({ path: "public/welcome.txt" });
    return (await result).body.text();
  },
  guestWrites: () =>
    refusal(() => storage.uploadData({ path: `public/${name}.txt`, data: "x" }).result),
});
