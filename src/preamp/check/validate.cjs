// Answers, for each template file named on a line of standard input, what the validator says.
// Started early and idle until asked; ends with its standard input. Speaks JSON lines.
"use strict";

const fs = require("node:fs");
const readline = require("node:readline");

const say = (message) => fs.writeSync(1, `${JSON.stringify(message)}\n`);
const SETTINGS = { detailLevel: "STANDARD", severityLevel: "WARN" };
// The first template costs the engine about as much as the next three: spend that before it counts.
const FIRST = '{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}}}';

function diagnose(engine, template) {
  const report = engine.validateTemplate(template, SETTINGS);
  return report.diagnostics.map((found) => ({
    rule: found.ruleId,
    severity: found.severity,
    message: found.message,
    logical_id: found.entity?.logicalId ?? "",
    path: found.propertyPath ?? "",
  }));
}

function answer(engine, validator, request) {
  try {
    say({ diagnostics: diagnose(engine, new validator.TemplateFile(request.file)) });
  } catch (error) {
    say({ fault: String(error) });
  }
}

// A Ctrl-C on the terminal is for whoever started us.
process.on("SIGINT", () => {});

const validator = require(process.argv[2]);
const engine = new validator.CompositeEngine();
diagnose(engine, new validator.TemplateContent(FIRST));
readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => answer(engine, validator, JSON.parse(line)));
