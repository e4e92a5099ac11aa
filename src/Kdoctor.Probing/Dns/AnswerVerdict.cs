using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Dns;

/// <summary>Whether a well-formed answer is the expected one: whole first, then its reply code, then whether it says anything.</summary>
internal static class AnswerVerdict
{
    /// <summary>What is wrong with the answer; null for nothing.</summary>
    internal static FailureCause? Of(in DnsAnswer answer, DnsRequestPlan request)
    {
        if (answer.Truncated)
            return FailureCause.Truncated;
        if (answer.Code != request.ExpectedReplyCode)
            return FailureCause.WrongReplyCode;
        return answer is { Code: ReplyCode.NoError, Records: 0 } ? FailureCause.EmptyAnswer : null;
    }

    /// <summary>A wrong answer in words.</summary>
    internal static string Describe(in DnsAnswer answer, DnsRequestPlan request) => Of(answer, request) switch
    {
        FailureCause.Truncated => $"{ReplyCode.NameOf(answer.Code)}, cut by the server (TC); not asked again over TCP",
        FailureCause.WrongReplyCode => $"{ReplyCode.NameOf(answer.Code)}, expected {ReplyCode.NameOf(request.ExpectedReplyCode)}",
        FailureCause.EmptyAnswer => $"{ReplyCode.NameOf(answer.Code)} without a record of type {request.Type} for {request.Domain}",
        _ => "",
    };
}
