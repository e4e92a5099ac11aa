using Kdoctor.Core.Results;
using Kdoctor.Probing.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Tls;

public sealed class ErrorWordsTests
{
    [Fact]
    public void Every_error_and_alert_has_a_cause_and_words()
    {
        for (var reason = -1; reason < 2000; reason++)
        {
            foreach (var verified in new long[] { -1, 0, 9, 18, 62, long.MaxValue })
            {
                var fault = TlsFault.Of(reason, reason % 2 == 0 ? "" : "words", verified, "why", "name");
                Assert.True(Enum.IsDefined(fault.Cause));
                Assert.NotEmpty(fault.Text);
                Assert.Contains(fault.At(FailureStage.Body).Stage, new[] { FailureStage.Body, FailureStage.Handshake });
            }
        }
    }
}
