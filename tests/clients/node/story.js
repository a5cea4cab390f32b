// The story as node-soap tells it. Standard input: what it needs, as JSON; standard output: what it saw, as JSON.
'use strict';

const fs = require('node:fs');
const soap = require('soap');

const told = JSON.parse(fs.readFileSync(0, 'utf8'));

function plain(value) {
  if (value instanceof Date) return value.toISOString().slice(0, 19);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value);
  // An array of a service is an object with one member that is a list.
  if (members.length === 1 && Array.isArray(members[0][1])) return plain(members[0][1]);
  return Object.fromEntries(members.map(([name, inner]) => [name, plain(inner)]));
}

class Service {
  static async of(name) {
    const options = { forceSoap12Headers: told.version === '1.2', handleNilAsNull: true };
    const client = await soap.createClientAsync(`${told.url}/Services2/${name}.asmx?WSDL`, options);
    return new Service(client[name][told.version === '1.2' ? `${name}Soap12` : `${name}Soap`]);
  }

  constructor(port) {
    this.port = port;
  }

  call(operation, more = {}) {
    const message = { authUserName: told.username, authPassword: told.password, ...more };
    return new Promise((resolve, reject) => {
      this.port[operation](message, (error, answer) => {
        if (error) reject(error);
        else resolve(plain(answer[`${operation}Result`]));
      });
    });
  }
}

async function main() {
  const organization = await Service.of('svcOrganization');
  const tickets = await Service.of('svcTickets');
  const tasks = await Service.of('svcTasks');

  const seen = {};
  seen.departments = await organization.call('GetAllDepartments');
  seen.groups = await organization.call('GetAllGroups');
  seen.created = await tickets.call('CreateTicket', {
    departmentID: told.departmentID,
    groupId: told.groupId,
    userIdOfAgent: told.agentId,
    toAddress: told.toAddress,
    subject: told.subject,
    body: told.body,
    isHtml: false,
    setWaiting: false,
    sendEmail: false,
  });
  const number = seen.created.RequestResult;
  seen.read = await tickets.call('GetTicketInfoByTicketNumber', { ticketNumber: number });
  const id = seen.read.Ticket.ID;
  seen.parts = await tickets.call('GetTicketConversationPartList', { ticketId: id });
  seen.text = await tickets.call('GetTicketMessagePlainText', { ticketMessageId: seen.parts.Parts[0].PartId });
  const search = (...criteria) => tickets.call('GetTicketsBySearch', { searchCriteria: { string: criteria } });
  seen.found = await search(`TicketNumber=${number}`, 'isopen=true');
  seen.notFound = await search(`TicketNumber=${number}`, 'isopen=false');
  const data = Buffer.from(told.fileData, 'base64');
  seen.attached = await tickets.call('AddTicketAttachment', {
    ticketNumber: number,
    ticketMessageId: 0,
    fileName: told.fileName,
    data: data.toString('base64'),
    fileLength: data.length,
    dateCreatedUTC: told.fileMoment,
  });
  seen.files = await tickets.call('GetTicketAttachments', { ticketId: id });
  const file = await fetch(`${told.url}/${seen.files.Files[0].downloadUrl}`);
  seen.downloaded = Buffer.from(await file.arrayBuffer()).toString('base64');
  const parameters = { string: [`Subject=${told.taskSubject}`, `RelatedItem=${number}`] };
  seen.taskCreated = await tasks.call('CreateTask', { parameters });
  seen.tasks = await tasks.call('GetTasksByTicketID', { ticketID: id });
  const task = seen.tasks.Tasks[0];
  seen.nullsOfTask = Object.keys(task).filter((name) => task[name] === null);
  seen.missing = await tickets.call('GetTicketInfo', { ticketId: told.noTicket });
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
