export { GroupAssignment, type GroupReading } from './group-assignment.ts'
export { groupSettings, type GroupSettings } from './settings.ts'
