/* The door of the company generator: for `npm run seed`, benches and tests. */
export { generateCompany, type Company, type CompanyGroup, type CompanyOptions, type CompanyUser } from './company.ts'
export { ageCompany, type CompanyChanges, type NewerCompany } from './newer-company.ts'
export { writeCompany, writtenFormats, type WrittenFormat } from './write-company.ts'
export type { WrittenFile } from './written-file.ts'
