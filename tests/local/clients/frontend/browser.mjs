// The scenario in a page that the dev server serves.
import "./amplify_local.mjs";
import outputs from "./amplify_outputs.json";
import { scenario } from "./scenario.mjs";

scenario(outputs, location.origin, "browser").then((told) =>
  fetch("/result", { method: "POST", body: JSON.stringify(told) }),
);
