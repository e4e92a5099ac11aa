using Kdoctor.Agent.Dialling;
using Xunit;

namespace Kdoctor.Tests.Agent.Dialling;

public sealed class BackoffTests
{
    [Fact]
    public void Delays_double_up_to_a_bound_and_begin_anew_after_success()
    {
        var backoff = new Backoff(new Random(7));
        for (var attempt = 0; attempt < 12; attempt++)
        {
            var middle = Math.Min(0.25 * Math.Pow(2, attempt), 2);
            Assert.InRange(backoff.Next().TotalSeconds, middle / 2, middle * 1.5);
        }
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.125, 0.375);
    }
}
