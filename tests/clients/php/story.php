<?php
// The story as PHP's SoapClient tells it. Standard input: what it needs, as JSON; standard output: what it saw, as JSON.

$told = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);

function plain($value, string $name = '')
{
    if (is_object($value)) {
        $members = get_object_vars($value);
        // An array of a service is an object with one member that is a list; an empty one has no member.
        if ($members === []) {
            return [];
        }
        if (count($members) === 1 && is_array(reset($members))) {
            return array_map('plain', reset($members));
        }
        $plain = [];
        foreach ($members as $member => $inner) {
            $plain[$member] = plain($inner, $member);
        }
        return $plain;
    }
    if (is_string($value) && preg_match('/date/i', $name)) {
        return substr($value, 0, 19);
    }
    return $value;
}

class Service
{
    private SoapClient $client;

    public function __construct(string $name, private array $told)
    {
        $this->client = new SoapClient("{$told['url']}/Services2/$name.asmx?WSDL", [
            'soap_version' => $told['version'] === '1.2' ? SOAP_1_2 : SOAP_1_1,
            'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
            'exceptions' => true,
        ]);
    }

    /** @param array $arguments by their names; PHP leaves those not given out */
    public function call(string $operation, array $arguments = [], string $user = 'authUserName'): array
    {
        $credentials = [$user => $this->told['username'], 'authPassword' => $this->told['password']];
        $answer = $this->client->__soapCall($operation, [$credentials + $arguments]);
        return plain($answer->{$operation . 'Result'});
    }
}

$organization = new Service('svcOrganization', $told);
$tickets = new Service('svcTickets', $told);
$tasks = new Service('svcTasks', $told);

$seen = [
    'departments' => $organization->call('GetAllDepartments'),
    'groups' => $organization->call('GetAllGroups'),
];
$seen['created'] = $tickets->call('CreateTicket', [
    'departmentID' => $told['departmentID'],
    'groupId' => $told['groupId'],
    'userIdOfAgent' => $told['agentId'],
    'toAddress' => $told['toAddress'],
    'subject' => $told['subject'],
    'body' => $told['body'],
    'isHtml' => false,
    'setWaiting' => false,
    'sendEmail' => false,
]);
$number = $seen['created']['RequestResult'];
$seen['read'] = $tickets->call('GetTicketInfoByTicketNumber', ['ticketNumber' => $number]);
$id = $seen['read']['Ticket']['ID'];
$seen['parts'] = $tickets->call('GetTicketConversationPartList', ['ticketId' => $id]);
$part = $seen['parts']['Parts'][0]['PartId'];
$seen['text'] = $tickets->call('GetTicketMessagePlainText', ['ticketMessageId' => $part]);
$criteria = ["TicketNumber=$number", 'isopen=true'];
$seen['found'] = $tickets->call('GetTicketsBySearch', ['searchCriteria' => $criteria]);
$criteria = ["TicketNumber=$number", 'isopen=false'];
$seen['notFound'] = $tickets->call('GetTicketsBySearch', ['searchCriteria' => $criteria]);
$data = base64_decode($told['fileData'], true);
$seen['attached'] = $tickets->call('AddTicketAttachment', [
    'ticketNumber' => $number,
    'ticketMessageId' => 0,
    'fileName' => $told['fileName'],
    'data' => $data,
    'fileLength' => strlen($data),
    'dateCreatedUTC' => $told['fileMoment'],
]);
$seen['files'] = $tickets->call('GetTicketAttachments', ['ticketId' => $id]);
$link = $seen['files']['Files'][0]['downloadUrl'];
$seen['downloaded'] = base64_encode(file_get_contents("{$told['url']}/$link"));
$parameters = ["Subject={$told['taskSubject']}", "RelatedItem=$number"];
$seen['taskCreated'] = $tasks->call('CreateTask', ['parameters' => $parameters]);
$seen['tasks'] = $tasks->call('GetTasksByTicketID', ['ticketID' => $id]);
$seen['nullsOfTask'] = array_keys(array_filter($seen['tasks']['Tasks'][0], 'is_null'));
$seen['missing'] = $tickets->call('GetTicketInfo', ['ticketId' => $told['noTicket']]);

echo json_encode($seen, JSON_THROW_ON_ERROR), "\n";
