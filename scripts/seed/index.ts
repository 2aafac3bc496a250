/* The door of the company generator: for `npm run seed`, benches and tests. */
export { generateCompany } from './company.ts'
export type { Company, CompanyGroup, CompanyOptions, CompanyUser } from './company-objects.ts'
export { ageCompany, type CompanyChanges, type NewerCompany } from './newer-company.ts'
export { writeCompany, writtenFormats, type WrittenFormat } from './write-company.ts'
export type { WrittenFile } from './written-file.ts'
