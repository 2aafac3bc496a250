/*
 * The work people do in the company: departments with their titles from the newest to the most senior, and the streets
 * and numbers around it.
 */

export interface Department {
  readonly name: string
  readonly costCenter: string
  readonly division: string
  readonly weight: number
  readonly titles: readonly string[]
  readonly head: string
}

export const companyName = 'Tidewater Instruments'
export const companyDomain = 'tidewater.example'
export const chiefTitle = 'Chief Executive Officer'

export const departments: readonly Department[] = [
  {
    name: 'Engineering',
    costCenter: '4100',
    division: 'Products',
    weight: 26,
    titles: ['Software Engineer', 'Senior Software Engineer', 'Hardware Engineer', 'Test Engineer', 'Staff Engineer'],
    head: 'VP Engineering',
  },
  {
    name: 'Research & Development',
    costCenter: '4200',
    division: 'Products',
    weight: 8,
    titles: ['Scientist', 'Senior Scientist', 'Lab Technician', 'Physicist, Sensors'],
    head: 'VP Research',
  },
  {
    name: 'Manufacturing',
    costCenter: '4300',
    division: 'Products',
    weight: 18,
    titles: ['Assembler', 'Machinist', 'Shift Lead', 'Quality Inspector', 'Process Engineer'],
    head: 'VP Manufacturing',
  },
  {
    name: 'Sales',
    costCenter: '2100',
    division: 'Markets',
    weight: 14,
    titles: ['Account Executive', 'Sales Engineer', 'Account Manager', 'Sales Representative, "Key" Accounts'],
    head: 'VP Sales',
  },
  {
    name: 'Marketing',
    costCenter: '2200',
    division: 'Markets',
    weight: 6,
    titles: ['Marketing Specialist', 'Designer', 'Product Marketing Lead', 'Editor'],
    head: 'VP Marketing',
  },
  {
    name: 'Customer Support',
    costCenter: '2300',
    division: 'Markets',
    weight: 10,
    titles: ['Support Specialist', 'Support Engineer', 'Field Technician'],
    head: 'VP Customer Support',
  },
  {
    name: 'Finance',
    costCenter: '1100',
    division: 'Corporate',
    weight: 6,
    titles: ['Accountant', 'Controller', 'Financial Analyst'],
    head: 'Chief Financial Officer',
  },
  {
    name: 'People & Culture',
    costCenter: '1200',
    division: 'Corporate',
    weight: 4,
    titles: ['HR Partner', 'Recruiter', 'Payroll Specialist'],
    head: 'Chief People Officer',
  },
  {
    name: 'Legal, Risk & Compliance',
    costCenter: '1300',
    division: 'Corporate',
    weight: 3,
    titles: ['Counsel', 'Paralegal', 'Compliance Analyst'],
    head: 'General Counsel',
  },
  {
    name: 'IT',
    costCenter: '1400',
    division: 'Corporate',
    weight: 5,
    titles: ['Systems Administrator', 'IT Support Specialist', 'Security Engineer'],
    head: 'Chief Information Officer',
  },
]

export const streets: readonly string[] = [
  '1 Harbour Way',
  '12, rue de l\u2019Église',
  'Straße des 17. Juni 135',
  'Plaza Mayor 3, 2º B',
  'Åvägen 17',
  '5-2-1 Ginza',
  '99 "Old Mill" Lane',
]

/** Domains guests come from. */
export const partnerDomains: readonly string[] = ['northlight.example', 'kontor-ost.example', 'agence-lumiere.example']

/** Groups every company has, nested into one another; what is asked for beyond them are project groups. */
export const projectWords: readonly string[] = [
  'Aurora',
  'Beacon',
  'Café Relaunch',
  'Delta',
  'Échelon',
  'Fjord',
  'Gezeiten',
  'Halcyon',
  'Iglú',
  'Jubilee',
  'Kōbō',
  'Lighthouse',
  'Meridian',
  'Nimbus',
  'O\u2019Hare Move',
  'Pelican',
]
