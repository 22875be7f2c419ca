// Judges the files named in its arguments: one JSON line each, {"xml-crypto": bool, "xadesjs": bool}.
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const xmldom = require("@xmldom/xmldom");
const xpath = require("xpath");
const { SignedXml } = require("xml-crypto");
const xades = require("xadesjs");

const DS = "http://www.w3.org/2000/09/xmldsig#";
const { DOMImplementation, DOMParser, XMLSerializer } = xmldom;
xades.setNodeDependencies({ DOMImplementation, DOMParser, XMLSerializer, xpath });
xades.Application.setEngine("node", crypto.webcrypto);

function byXmlCrypto(text) {
  const document = new DOMParser().parseFromString(text, "text/xml");
  const signature = document.getElementsByTagNameNS(DS, "Signature")[0];
  const der = Buffer.from(signature.getElementsByTagNameNS(DS, "X509Certificate")[0].textContent, "base64");
  const verifier = new SignedXml({ publicCert: new crypto.X509Certificate(der).toString() });
  verifier.loadSignature(signature);
  return verifier.checkSignature(text);
}

function byXadesjs(text) {
  const document = xades.Parse(text);
  const verifier = new xades.SignedXml(document);
  verifier.LoadXml(document.getElementsByTagNameNS(DS, "Signature")[0]);
  return verifier.Verify();
}

async function verdict(verify, text) {
  try {
    return (await verify(text)) === true;
  } catch {
    return false; // both throw for a digest that does not match as well as for what they cannot read
  }
}

async function main(files) {
  for (const file of files) {
    const text = fs.readFileSync(file, "utf8");
    const verdicts = { "xml-crypto": await verdict(byXmlCrypto, text), xadesjs: await verdict(byXadesjs, text) };
    process.stdout.write(JSON.stringify(verdicts) + "\n");
  }
}

main(process.argv.slice(2));
