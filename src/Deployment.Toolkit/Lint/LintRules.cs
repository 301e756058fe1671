using System.Collections.Generic;
using Deployment.Toolkit.Diagnostics;
using static Deployment.Toolkit.Lint.LintSeverity;

namespace Deployment.Toolkit.Lint;

/// <summary>Everything that is looked for.</summary>
internal static class LintRules
{
    internal static readonly LintRule DropTable = new(Codes.MigrationLoses, "dropTable", Error);
    internal static readonly LintRule DropColumn = new(Codes.MigrationLoses, "dropColumn", Error);
    internal static readonly LintRule DropSchema = new(Codes.MigrationLoses, "dropSchema", Error);
    internal static readonly LintRule DropView = new(Codes.MigrationLoses, "dropView", Warning);
    internal static readonly LintRule DropCascade = new(Codes.MigrationLoses, "dropCascade", Warning);
    internal static readonly LintRule EmptyTable = new(Codes.MigrationLoses, "emptyTable", Error);
    internal static readonly LintRule RenameTable = new(Codes.MigrationLoses, "renameTable", Error);
    internal static readonly LintRule RenameColumn = new(Codes.MigrationLoses, "renameColumn", Error);
    internal static readonly LintRule RenameValue = new(Codes.MigrationLoses, "renameValue", Warning);
    internal static readonly LintRule ChangeType = new(Codes.MigrationLoses, "changeType", Error);

    internal static readonly LintRule WidenType = new(Codes.MigrationLoses, "widenType", Warning);

    internal static readonly LintRule RequiredColumn = new(Codes.MigrationLocks, "requiredColumn", Error);
    internal static readonly LintRule ComputedDefault = new(Codes.MigrationLocks, "computedDefault", Warning);
    internal static readonly LintRule SetNotNull = new(Codes.MigrationLocks, "setNotNull", Warning);
    internal static readonly LintRule IndexBlocks = new(Codes.MigrationLocks, "indexBlocks", Warning);
    internal static readonly LintRule DropIndexBlocks = new(Codes.MigrationLocks, "dropIndexBlocks", Information);
    internal static readonly LintRule ReindexBlocks = new(Codes.MigrationLocks, "reindexBlocks", Warning);
    internal static readonly LintRule ConstraintScans = new(Codes.MigrationLocks, "constraintScans", Warning);
    internal static readonly LintRule ForeignKeyScans = new(Codes.MigrationLocks, "foreignKeyScans", Warning);
    internal static readonly LintRule UniqueScans = new(Codes.MigrationLocks, "uniqueScans", Warning);
    internal static readonly LintRule ValidateAtOnce = new(Codes.MigrationLocks, "validateAtOnce", Warning);
    internal static readonly LintRule Rewrite = new(Codes.MigrationLocks, "rewrite", Warning);
    internal static readonly LintRule LockTable = new(Codes.MigrationLocks, "lockTable", Warning);
    internal static readonly LintRule RefreshBlocks = new(Codes.MigrationLocks, "refreshBlocks", Information);
    internal static readonly LintRule BackfillUnderLock = new(Codes.MigrationLocks, "backfillUnderLock", Warning);
    internal static readonly LintRule UpdateAll = new(Codes.MigrationLocks, "updateAll", Information);
    internal static readonly LintRule NoLockTimeout = new(Codes.MigrationLocks, "noLockTimeout", Information);

    internal static readonly LintRule OutsideTransaction = new(Codes.MigrationOutsideTransaction, "transaction", Error);

    internal static readonly LintRule BlankPadded = new(Codes.MigrationType, "blankPadded", Information);
    internal static readonly LintRule NoTimeZone = new(Codes.MigrationType, "noTimeZone", Information);
    internal static readonly LintRule Serial = new(Codes.MigrationType, "serial", Information);
    internal static readonly LintRule SmallKey = new(Codes.MigrationType, "smallKey", Information);
    internal static readonly LintRule PlainJson = new(Codes.MigrationType, "plainJson", Information);
    internal static readonly LintRule Money = new(Codes.MigrationType, "money", Information);
    internal static readonly LintRule NotTheRowId = new(Codes.MigrationType, "notTheRowId", Information);

    internal static readonly LintRule Allowance = new(Codes.MigrationAllowance, "allowance", Warning);

    /// <summary>Every rule.</summary>
    internal static readonly IReadOnlyList<LintRule> All =
    [
        DropTable,
        DropColumn,
        DropSchema,
        DropView,
        DropCascade,
        EmptyTable,
        RenameTable,
        RenameColumn,
        RenameValue,
        ChangeType,
        WidenType,
        RequiredColumn,
        ComputedDefault,
        SetNotNull,
        IndexBlocks,
        DropIndexBlocks,
        ReindexBlocks,
        ConstraintScans,
        ForeignKeyScans,
        UniqueScans,
        ValidateAtOnce,
        Rewrite,
        LockTable,
        RefreshBlocks,
        BackfillUnderLock,
        UpdateAll,
        NoLockTimeout,
        OutsideTransaction,
        BlankPadded,
        NoTimeZone,
        Serial,
        SmallKey,
        PlainJson,
        Money,
        NotTheRowId,
        Allowance,
    ];
}
