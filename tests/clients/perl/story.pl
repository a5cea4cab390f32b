# The story as SOAP::Lite tells it, without a WSDL, as Perl scripts mostly do: names, types and namespaces by hand.
# Standard input: what it needs, as JSON; standard output: what it saw, as JSON.
use strict;
use warnings;
use utf8;

use HTTP::Tiny;
use JSON::PP;
use MIME::Base64 qw(decode_base64 encode_base64);
use SOAP::Lite;

my $json = JSON::PP->new->utf8;
my $told = $json->decode(do { local $/; <STDIN> });
my $true_or_false = qr/^(?:Result|Is[A-Z]\w*|RequiresFollowUp|ShowInFollowUpView)$/;
my $number_of = qr/^(?:ResultCode|I[Dd][A-Z]?\w*|\w+I[Dd]|Priority|Direction|Type|ReplyCount(?:In|Out)|fileSizeInBytes)$/;

sub plain {
    my ($value, $name) = @_;
    if (ref $value eq 'HASH') {
        my @members = keys %$value;
        # An array of a service is an element with one kind of element in it.
        if (@members == 1 && $members[0] =~ /Info$/) {
            my $items = $value->{ $members[0] };
            return [ map { plain($_, '') } ref $items eq 'ARRAY' ? @$items : ($items) ];
        }
        return { map { $_ => plain($value->{$_}, $_) } @members };
    }
    return undef unless defined $value;
    return $value eq 'true' ? JSON::PP::true : JSON::PP::false if $name =~ $true_or_false;
    return $value + 0 if $name =~ $number_of;
    return substr $value, 0, 19 if $name =~ /Date/i;
    return $value;
}

sub call {
    my ($service, $operation, @arguments) = @_;
    my $namespace = "http://www.smartertools.com/SmarterTrack/Services2/$service.asmx";
    my $soap = SOAP::Lite->proxy("$told->{url}/Services2/$service.asmx")->default_ns($namespace)
        ->on_action(sub { qq("$namespace/$operation") });
    my @all = ([ authUserName => $told->{username} ], [ authPassword => $told->{password} ], @arguments);
    my $answer = $soap->call($operation => map { data(@$_) } @all);
    die $answer->faultstring, "\n" if $answer->fault;
    return plain($answer->result, '');
}

sub data {
    my ($name, $value, $type) = @_;
    return SOAP::Data->name($name => \SOAP::Data->value(map { SOAP::Data->name(string => $_)->type('string') } @$value))
        if ref $value eq 'ARRAY';
    return SOAP::Data->name($name => $value)->type($type // 'string');
}

my %seen;
$seen{departments} = call('svcOrganization', 'GetAllDepartments');
$seen{groups} = call('svcOrganization', 'GetAllGroups');
$seen{created} = call(
    'svcTickets', 'CreateTicket',
    [ departmentID => $told->{departmentID}, 'int' ],
    [ groupId => $told->{groupId}, 'int' ],
    [ userIdOfAgent => $told->{agentId}, 'int' ],
    [ toAddress => $told->{toAddress} ],
    [ subject => $told->{subject} ],
    [ body => $told->{body} ],
    map { [ $_ => 'false', 'boolean' ] } qw(isHtml setWaiting sendEmail),
);
my $number = $seen{created}{RequestResult};
$seen{read} = call('svcTickets', 'GetTicketInfoByTicketNumber', [ ticketNumber => $number ]);
my $id = $seen{read}{Ticket}{ID};
$seen{parts} = call('svcTickets', 'GetTicketConversationPartList', [ ticketId => $id, 'int' ]);
my $part = $seen{parts}{Parts}[0]{PartId};
$seen{text} = call('svcTickets', 'GetTicketMessagePlainText', [ ticketMessageId => $part, 'long' ]);
$seen{found} = call('svcTickets', 'GetTicketsBySearch', [ searchCriteria => [ "TicketNumber=$number", 'isopen=true' ] ]);
$seen{notFound} = call('svcTickets', 'GetTicketsBySearch', [ searchCriteria => [ "TicketNumber=$number", 'isopen=false' ] ]);
my $data = decode_base64($told->{fileData});
$seen{attached} = call(
    'svcTickets', 'AddTicketAttachment',
    [ ticketNumber => $number ],
    [ ticketMessageId => 0, 'long' ],
    [ fileName => $told->{fileName} ],
    [ data => $data, 'base64Binary' ],
    [ fileLength => length $data, 'int' ],
    [ dateCreatedUTC => $told->{fileMoment}, 'dateTime' ],
);
$seen{files} = call('svcTickets', 'GetTicketAttachments', [ ticketId => $id, 'int' ]);
my $file = HTTP::Tiny->new->get("$told->{url}/$seen{files}{Files}[0]{downloadUrl}");
$seen{downloaded} = encode_base64($file->{content}, '');
my @parameters = ("Subject=$told->{taskSubject}", "RelatedItem=$number");
$seen{taskCreated} = call('svcTasks', 'CreateTask', [ parameters => \@parameters ]);
$seen{tasks} = call('svcTasks', 'GetTasksByTicketID', [ ticketID => $id, 'int' ]);
my $task = $seen{tasks}{Tasks}[0];
$seen{nullsOfTask} = [ grep { !defined $task->{$_} } sort keys %$task ];
$seen{missing} = call('svcTickets', 'GetTicketInfo', [ ticketId => $told->{noTicket}, 'int' ]);
print $json->encode(\%seen), "\n";
