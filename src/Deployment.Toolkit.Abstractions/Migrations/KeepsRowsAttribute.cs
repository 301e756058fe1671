namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Says of a C# migration that its <see cref="Migration.DownAsync"/> removes nothing that a release may have written. Without it the
/// toolkit takes for granted that everything may be removed: going back then needs <c>--accept-data-loss</c> once anything was written
/// since.
/// </summary>
/// <param name="reason">Why rows are safe; for whoever reads the class.</param>
/// <remarks>A down script says the same with a line <c>-- keeps-rows: why</c>.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KeepsRowsAttribute(string reason) : Attribute
{
    /// <summary>Why rows are safe.</summary>
    public string Reason { get; } = reason;
}
