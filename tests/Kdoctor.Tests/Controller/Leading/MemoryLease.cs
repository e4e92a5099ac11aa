using System.Globalization;
using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Objects;

namespace Kdoctor.Tests.Controller.Leading;

/// <summary>A lease in memory with optimistic concurrency; each controller sees it through a view of its own, which can be cut.</summary>
internal sealed class MemoryLease
{
    private readonly Lock gate = new();
    private HeldLease? stored;
    private int version;

    public HeldLease? Now
    {
        get
        {
            lock (gate)
                return stored;
        }
    }

    private HeldLease? Write(HeldLease lease)
    {
        lock (gate)
        {
            if (stored?.Version != lease.Version)
                return null;
            return stored = lease with { Version = (++version).ToString(CultureInfo.InvariantCulture) };
        }
    }

    /// <summary>One controller's way to the lease.</summary>
    public sealed class View(MemoryLease lease) : ILeaseApi
    {
        /// <summary>Whether the way is cut.</summary>
        public bool IsCut { get; set; }

        /// <summary>Whether writes get through and their answers do not.</summary>
        public bool LosesAnswers { get; set; }

        public Task<HeldLease?> ReadAsync(CancellationToken cancellation) =>
            IsCut ? Task.FromException<HeldLease?>(new ApiServerException("cut")) : Task.FromResult(lease.Now);

        public Task<HeldLease?> WriteAsync(HeldLease written, CancellationToken cancellation)
        {
            if (IsCut)
                return Task.FromException<HeldLease?>(new ApiServerException("cut"));
            var kept = lease.Write(written);
            return LosesAnswers ? Task.FromException<HeldLease?>(new ApiServerException("no answer")) : Task.FromResult(kept);
        }
    }
}
