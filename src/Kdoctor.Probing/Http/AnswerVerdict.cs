using System.Globalization;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Http;

/// <summary>Whether a complete answer is the expected one: status first, then who gave it, then whether it was given to this request.</summary>
internal static class AnswerVerdict
{
    /// <summary>What is wrong with the answer; null for nothing.</summary>
    /// <param name="request">What is expected.</param>
    /// <param name="backends">Who is expected.</param>
    /// <param name="status">The status code received.</param>
    /// <param name="backend">The identity received; null for none.</param>
    /// <param name="nonceMatches">Whether the request's nonce came back.</param>
    internal static FailureCause? Of(HttpRequestPlan request, BackendNames backends, int status, string? backend, bool nonceMatches)
    {
        if (!StatusFits(request, status))
            return FailureCause.WrongStatus;
        if (!request.Echo)
            return null;
        if (backend is null || !backends.Expects(backend))
            return FailureCause.WrongAgent;
        return nonceMatches ? null : FailureCause.WrongNonce;
    }

    /// <summary>A wrong answer in words; empty where no answer came.</summary>
    internal static string Describe(HttpRequestPlan request, int status, string? backend)
    {
        if (status == 0)
            return "";
        if (!StatusFits(request, status))
        {
            var expected = request.ExpectedStatus?.ToString(CultureInfo.InvariantCulture) ?? "2xx";
            return string.Create(CultureInfo.InvariantCulture, $"status {status}, expected {expected}");
        }
        if (!request.Echo)
            return "";
        return backend is null ? "the answer names no agent" : $"answered by {backend}";
    }

    private static bool StatusFits(HttpRequestPlan request, int status) =>
        request.ExpectedStatus is { } expected ? status == expected : status is >= 200 and <= 299;
}
