using Kdoctor.Core.Addresses;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>Addresses that the place does not allow as targets, where the task spells one: where a name leads to, each agent sees when it has resolved it.</summary>
internal static class AddressRules
{
    private static readonly FieldPath Section = FieldPath.Spec.Field("target");

    public static void Check(IEnumerable<TargetQuery> targets, AddressRule rule, ProblemList problems)
    {
        foreach (var target in targets)
        {
            var (field, host) = target switch
            {
                HttpQuery http => (Section.Field("host"), http.Url.IdnHost),
                DnsQuery dns => (Section.Field("targetUser").Field("server"), dns.Server),
                _ => (Section, null),
            };
            if (host is not null && rule.WhyRefused(host) is { } why)
            {
                problems.Add(
                    field,
                    $"is {ProblemWords.Quote(host)}, which leads to {why}",
                    "name another host, or ask whoever installed kdoctor to change that setting of the controller");
            }
        }
    }
}
