using Xunit;

namespace Kdoctor.Tests.EndToEnd.Kinds;

/// <content>Cases D02 to D04 against a server of the user's, and what goes wrong with names, through whole tasks.</content>
public sealed partial class ApplicationCases
{
    [Theory]
    [InlineData("d02", "udp")]
    [InlineData("d03", "tcp")]
    [InlineData("d04", "tcp-tls")]
    [InlineData("large-tcp", "tcp")]
    public void D02_D03_D04_a_users_server_answers_over_every_transport(string task, string protocol)
    {
        Succeeds(task);
        Assert.All(run.TargetsOf(task), target => Assert.Equal((protocol, 10L), (target.Protocol!, target.RequestTargetMetrics.ReplyCode!["NOERROR"])));
    }

    [Theory]
    [InlineData("nobody", "verify: wrong reply code", "NXDOMAIN, expected NOERROR; NXDOMAIN: check request.domain")]
    [InlineData("broken", "verify: wrong reply code", "SERVFAIL: the server could not find out, look at its log and its upstream servers")]
    [InlineData("closed", "verify: wrong reply code", "REFUSED: it does not serve this client")]
    [InlineData("empty", "verify: empty answer", "NOERROR without a record of type A for empty.shop.test; the name is there and has no address of the type asked for: check request.domain and request.recordType")]
    [InlineData("large", "verify: truncated", "cut by the server (TC); not asked again over TCP; the answer does not fit into a datagram: ask with protocol: tcp, or give the name fewer addresses")]
    public void Each_wrong_answer_of_a_DNS_server_has_a_reason_that_a_person_can_act_on(string task, string error, string words) => Fails(task, error, words);
}
