/* The door of TLS: certificates that are made here or brought along, and what is served of them. */
export { factsOf, type CertificateFacts } from './certificate-facts.ts'
export { initializeTls, tlsFiles, type Initialized } from './folder.ts'
export { certificateFiles, serveCertificate, type ServedCertificateOptions } from './served-certificate.ts'
export { TlsError } from './tls-error.ts'
export { daysLeft, validityOf } from './validity.ts'
