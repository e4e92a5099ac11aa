namespace Kdoctor.Core.Planning.Budgets;

/// <summary>Whether a round that is due may begin.</summary>
public abstract record BudgetAnswer;

/// <summary>It may.</summary>
public sealed record BudgetFits : BudgetAnswer;

/// <summary>Not beside what runs and what has waited longer.</summary>
/// <param name="Reason">The budget, and both numbers.</param>
/// <param name="Until">When to ask again at the latest: when something that runs will be over.</param>
public sealed record BudgetWaits(string Reason, DateTimeOffset Until) : BudgetAnswer;

/// <summary>Not even alone, however long it waits.</summary>
/// <param name="Reason">The budget, both numbers, and what to do.</param>
public sealed record BudgetNever(string Reason) : BudgetAnswer;
