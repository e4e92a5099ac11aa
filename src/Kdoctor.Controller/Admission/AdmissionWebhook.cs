using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Admission;

/// <summary>
/// The validating webhook, <c>AdmissionReview</c> of <c>admission.k8s.io/v1</c>. API servers call it without credentials, so anybody who reaches the port
/// may: it keeps nothing, changes nothing, and what it holds at a time is bounded.
/// </summary>
internal sealed partial class AdmissionWebhook(TaskReview review, TimeProvider time, ILogger<AdmissionWebhook> logger) : IDisposable
{
    /// <summary>Where it listens.</summary>
    public const string Path = "/validate";

    /// <summary>The most that a review may hold: an API server takes 3 MiB of object, and a review holds it twice, before and after.</summary>
    public const int MaxBytes = 7 << 20;

    private const string ApiVersion = "admission.k8s.io/v1";
    private const string Kind = "AdmissionReview";
    private const int MaxAtOnce = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim turns = new(MaxAtOnce);

    /// <summary>Whether a request is for the webhook.</summary>
    public static bool IsMeant(HttpRequest request) => request.Path == Path;

    /// <summary>Answers one review.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await RefuseAsync(context, ApiErrors.BadRequest("send an AdmissionReview with POST") with { Code = 405, Reason = "MethodNotAllowed" }).ConfigureAwait(false);
            return;
        }
        using var timeout = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            if (!await turns.WaitAsync(0, patience.Token).ConfigureAwait(false))
            {
                await RefuseAsync(context, ApiErrors.TooManyRequests($"more than {MaxAtOnce} reviews are being answered")).ConfigureAwait(false);
                return;
            }
            try
            {
                await AnswerAsync(context, patience.Token).ConfigureAwait(false);
            }
            finally
            {
                turns.Release();
            }
        }
        catch (Exception left) when (left is IOException or BadHttpRequestException or OperationCanceledException)
        {
            // Nobody waits for an answer any more, or it was sent too slowly.
            context.Abort();
        }
#pragma warning disable CA1031 // An API server that is told 500 goes by the webhook's failure policy; the reconciler looks at the task again.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            LogFailed(failed);
            await RefuseAsync(context, ApiErrors.Internal("see the controller's log")).ConfigureAwait(false);
        }
    }

    public void Dispose() => turns.Dispose();

    private async Task AnswerAsync(HttpContext context, CancellationToken cancellation)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
        JsonObject? body;
        try
        {
            body = (await JsonNode.ParseAsync(context.Request.Body, null, new JsonDocumentOptions { MaxDepth = 128 }, cancellation).ConfigureAwait(false)) as JsonObject;
        }
        catch (JsonException)
        {
            body = null;
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await RefuseAsync(context, ApiErrors.TooLarge(MaxBytes)).ConfigureAwait(false);
            return;
        }
        if (Read(body) is not { } asked)
        {
            await RefuseAsync(context, ApiErrors.BadRequest($"the body is no {Kind} of {ApiVersion} with a request")).ConfigureAwait(false);
            return;
        }
        await SendAsync(context, 200, await DecideAsync(asked, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<JsonObject> DecideAsync(Asked asked, CancellationToken cancellation)
    {
        var response = new JsonObject { ["uid"] = asked.Uid, ["allowed"] = true };
        var result = asked.IsSubresource ? AdmissionResult.Allow() : await review.ReviewAsync(asked.Request, cancellation).ConfigureAwait(false);
        if (result.Causes.Count > 0)
        {
            response["allowed"] = false;
            response["status"] = ApiErrors.Invalid(asked.Kind, asked.Group, asked.Name, result.Causes).ToStatus();
        }
        return new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = Kind, ["response"] = response };
    }

    private static Asked? Read(JsonObject? body)
    {
        try
        {
            if (body?["kind"]?.GetValue<string>() != Kind || body["apiVersion"]?.GetValue<string>() != ApiVersion
                || body["request"] is not JsonObject request || request["uid"]?.GetValue<string>() is not { Length: > 0 } uid)
                return null;
            var operation = request["operation"]?.GetValue<string>() switch
            {
                "CREATE" => AdmissionOperation.Create,
                "UPDATE" => AdmissionOperation.Update,
                _ => AdmissionOperation.Delete,
            };
            var user = request["userInfo"];
            var caller = new Caller(user?["username"]?.GetValue<string>() ?? "", Texts(user?["groups"]))
            {
                Uid = user?["uid"]?.GetValue<string>(),
                Extra = (user?["extra"] as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => Texts(entry.Value), StringComparer.Ordinal),
            };
            return new Asked(
                uid,
                request["kind"]?["kind"]?.GetValue<string>() ?? "",
                request["kind"]?["group"]?.GetValue<string>() ?? "",
                request["name"]?.GetValue<string>() ?? request["object"]?["metadata"]?["name"]?.GetValue<string>() ?? "",
                request["subResource"]?.GetValue<string>() is { Length: > 0 },
                new AdmissionRequest(
                    operation,
                    operation == AdmissionOperation.Delete ? null : request["object"] as JsonObject,
                    request["oldObject"] as JsonObject,
                    caller,
                    request["dryRun"]?.GetValue<bool>() is true));
        }
        catch (Exception damaged) when (damaged is InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(item => item?.GetValue<string>() ?? "")];

    private static Task RefuseAsync(HttpContext context, ApiError error) => SendAsync(context, error.Code, error.ToStatus());

    private static Task SendAsync(HttpContext context, int code, JsonObject body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A review could not be answered")]
    private partial void LogFailed(Exception error);

    private sealed record Asked(string Uid, string Kind, string Group, string Name, bool IsSubresource, AdmissionRequest Request);
}
