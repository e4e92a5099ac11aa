namespace Kdoctor.ApiServer.Resources;

/// <summary>A column of <c>kubectl get</c>, as <c>additionalPrinterColumns</c> of a CustomResourceDefinition has it.</summary>
/// <param name="Name">Heading; kubectl prints it in upper case.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c>.</param>
/// <param name="JsonPath">Simple path such as <c>.status.doneRound</c>.</param>
/// <param name="Description">One sentence; null for a generated one.</param>
/// <param name="Format">OpenAPI format, may be empty.</param>
/// <param name="Priority">0 is always shown, greater only with <c>-o wide</c>.</param>
public sealed record PrinterColumn(
    string Name,
    string Type,
    string JsonPath,
    string? Description = null,
    string Format = "",
    int Priority = 0);
